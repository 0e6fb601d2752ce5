/** Escapes text for HTML content and attributes. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Escapes text and sets parts in backquotes as code. */
export function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

export function span(ms: number | null): string {
  if (ms === null) return 'never';
  if (ms < 950) return `${Math.round(ms / 10) * 10} ms`;
  return ms < 59_500
    ? `${(ms / 1_000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export const grouped = (value: number): string => value.toLocaleString('en-US');
