import assert from 'node:assert/strict';
import { MetadataScanner } from '@nestjs/core';
import { ListenerMetadataExplorer } from '@nestjs/microservices/listener-metadata-explorer.js';
import { decidedBy, type AnyStep } from '#saga';

type Decision = AnyStep['decide'];

const methods = new MetadataScanner();
/** What Nest itself reads handlers by. */
const handlers = new ListenerMetadataExplorer(methods);

/**
 * The event handlers of these controllers, read from the metadata of Nest's `@EventPattern` and of `@Decides`. The
 * services, the simulation and the tests all find handlers through this function.
 *
 * @throws AssertionError where the two decorators do not stand together, or do not name the same event
 */
export function stepsOf(controllers: readonly object[]): AnyStep[] {
  return controllers.flatMap((controller) => {
    const found = new Map(handlers.explore(controller).map((handler) => [handler.methodKey, handler]));
    const prototype = Object.getPrototypeOf(controller) as Record<string, object>;
    return methods.getAllMethodNames(prototype).flatMap((name) => {
      const where = `${controller.constructor.name}.${name}`;
      const nest = found.get(name);
      const decided = decidedBy(prototype[name]!);
      if (!nest && !decided) return [];
      assert(decided, `${where} handles ${JSON.stringify(nest?.patterns[0])} and lacks @Decides`);
      assert(
        nest?.isEventHandler,
        `${where} decides on an event and lacks @EventPattern<string>('${decided.on.type}')`,
      );
      assert.deepEqual(nest.patterns, [decided.on.type], `${where}: @EventPattern and @Decides name different events`);
      const handler = controller as Record<string, Decision>;
      const decide: Decision = (state, data, now, context) => handler[name]!(state, data, now, context);
      return [{ ...decided, decide }];
    });
  });
}
