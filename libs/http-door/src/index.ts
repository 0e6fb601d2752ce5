export { clientLimits, limitClients, type ClientLimits } from './client-limits.js';
export { HttpDoor, type HttpDoorOptions, type RefusalStatus, type RenderRefusal } from './http-door.js';
export { onceGone } from './once-gone.js';
