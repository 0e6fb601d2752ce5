import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Environment in which a Node process writes a CPU profile to `folder` at its end. */
export function profiledEnv(folder: string): Record<string, string> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}` };
}

/** Summary of each CPU profile: self time by package and by location, in percent of the busy time. */
export async function summarise(folder: string, most = 15): Promise<string> {
  const summaries: string[] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort()) {
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
    const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
    const micros = new Map<string, number>();
    for (const [index, id] of profile.samples.entries()) {
      const place = places.get(id)!;
      micros.set(place, (micros.get(place) ?? 0) + profile.timeDeltas[index]!);
    }
    micros.delete('(idle)');
    const busy = [...micros.values()].reduce((sum, each) => sum + each, 0);
    const packages = new Map<string, number>();
    for (const [place, spent] of micros) {
      const owner = packageOf(place);
      packages.set(owner, (packages.get(owner) ?? 0) + spent);
    }
    const largest = (parts: Map<string, number>): string[] =>
      [...parts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, most)
        .map(([what, spent]) => `  ${((spent / busy) * 100).toFixed(1).padStart(5)} %  ${what}`);
    const service = /apps\/([a-z-]+)\//.exec(
      profile.nodes.map(({ callFrame }) => callFrame.url).find((url) => url.includes('/apps/')) ?? '',
    )?.[1];
    summaries.push(
      [
        `${service ?? file}: ${(busy / 1e6).toFixed(1)} s busy`,
        ...largest(packages),
        '  by place:',
        ...largest(micros),
      ].join('\n'),
    );
  }
  return summaries.join('\n\n');
}

function placeOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  const path = url.replace(/^.*\/(node_modules|dist)\//, '');
  return url === '' ? name : `${name}  ${path}:${lineNumber + 1}`;
}

/** The package of a location: `npm pg`, `libs/messaging`, `node:internal`; or its name without a file (garbage collection). */
function packageOf(place: string): string {
  const file = place.split('  ')[1];
  if (file === undefined) return place;
  const ours = /^(?:apps|libs|proof|infra)\/[^/]+/.exec(file);
  if (ours) return ours[0];
  if (file.startsWith('node:')) return file.split(/[/:]/).slice(0, 2).join(':');
  return `npm ${/^(?:@[^/]+\/)?[^/]+/.exec(file)![0]}`;
}
