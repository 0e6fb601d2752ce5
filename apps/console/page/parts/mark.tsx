export type MarkKind = 'good' | 'bad' | 'warn' | 'none' | 'back' | 'dot';

const shapes = {
  good: <path d="M4.6 8.3 7 10.7 11.6 5.6" />,
  bad: <path d="M5.4 5.4 10.6 10.6M10.6 5.4 5.4 10.6" />,
  warn: <path d="M8 4.6v4.2M8 11.2v.1" />,
  none: <path d="M5.4 8h5.2" />,
  back: <path d="M7 4.6 4.4 7.2 7 9.8M4.6 7.2h5a2.2 2.2 0 0 1 0 4.4H8" />,
  dot: null,
};

/** A state by its shape as well as by its colour. The word stands beside it. */
export function Mark({ kind }: { kind: MarkKind }) {
  const outline =
    kind === 'bad' ? (
      <path className="ground" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />
    ) : kind === 'warn' ? (
      <path className="ground" d="M8 .8 15.6 14.6H.4z" />
    ) : (
      <circle className="ground" cx="8" cy="8" r={kind === 'dot' ? 4.4 : 7.2} />
    );
  return (
    <svg className={`mark ${kind}`} viewBox="0 0 16 16" aria-hidden="true">
      {outline}
      {shapes[kind]}
    </svg>
  );
}
