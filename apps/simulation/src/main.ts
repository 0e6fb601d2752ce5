import 'reflect-metadata';
import { outsidePromises } from '#simulation';
import { planned } from './schedule/schedule.js';
import { define } from './service/service-definition.js';
import { roots } from './service/roots.js';
import { World, type Definitions } from './world/world.js';

const definitions = Object.fromEntries(
  await Promise.all(
    roots.map(async (root) => define(root).then((definition) => [definition.options.name, definition] as const)),
  ),
) as unknown as Definitions;
const count = Number(process.argv[2] ?? 1);
const seed = Number(process.argv[3] ?? 1);
const started = process.hrtime.bigint();
let bad = 0;
for (let index = 0; index < count; index++) {
  const outcome = await outsidePromises(() => new World(planned(seed + index), definitions).run());
  const ok = outcome.verdict.holds && outcome.bugs.length === 0;
  if (!ok || count === 1) {
    bad++;
    if (count === 1) console.log(outcome.story.toString());
    console.log(
      seed + index,
      JSON.stringify(outcome.verdict, null, 1),
      outcome.bugs.slice(0, 3).join('\n'),
      outcome.events,
      outcome.virtualMs,
      [...outcome.counts.byName].map((x) => x.join('=')).join(', '),
    );
  }
}
const ms = Number(process.hrtime.bigint() - started) / 1e6;
console.log(`${count} schedules in ${ms.toFixed(0)} ms, ${(ms / count).toFixed(1)} ms each, ${bad} bad`);
