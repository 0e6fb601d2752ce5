export { allowedHosts } from './allowed-hosts.js';
export { localDoorHook } from './local-door.hook.js';
export { type AllowedHosts, refusalAtLocalDoor } from './local-door.js';
