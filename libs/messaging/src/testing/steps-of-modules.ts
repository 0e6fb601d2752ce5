import type { Type } from '@nestjs/common';
import type { AnyStep } from '#saga';
import { stepsOf } from '../event-handlers.js';

/** The event handlers of the controllers that these modules list, which are made of nothing: handlers need nothing. */
export function stepsOfModules(...modules: readonly Type[]): AnyStep[] {
  const controllers = modules.flatMap((module) => Reflect.getMetadata('controllers', module) as Type[]);
  return stepsOf(controllers.map(({ prototype }) => Object.create(prototype as object) as object));
}
