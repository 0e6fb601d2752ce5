import assert from 'node:assert/strict';
import { MetadataScanner } from '@nestjs/core';
import { ListenerMetadataExplorer } from '@nestjs/microservices/listener-metadata-explorer.js';
import { decidedBy, type AnyStep } from '#saga';

type Decision = AnyStep['decide'];

const methods = new MetadataScanner();
/** Nest's own reader of handler metadata. */
const handlers = new ListenerMetadataExplorer(methods);

/**
 * The event handlers of these controllers, from the metadata of Nest's `@EventPattern` and of `@Decides`.
 *
 * @throws AssertionError when a method has only one of the decorators, or they name different events
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
