/** `Clock`. */
export const CLOCK = Symbol('clock');
/** `Logger` of pino. */
export const LOGGER = Symbol('logger');
