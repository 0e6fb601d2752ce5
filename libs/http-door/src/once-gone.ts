import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once, when a response has been sent or its connection has closed. A pipelined response behind another emits
 * no `close` of its own.
 */
export function onceGone(response: ServerResponse, callback: () => void): void {
  const { socket } = response.req;
  // Its events may have been emitted already.
  if (socket.destroyed) return callback();
  const callbacks = waiting.get(socket) ?? watched(socket);
  const once = (): void => {
    if (callbacks.delete(once)) callback();
  };
  callbacks.add(once);
  response.once('close', once);
}

function watched(socket: Socket): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(socket, callbacks);
  socket.once('close', () => {
    for (const callback of callbacks) callback();
  });
  return callbacks;
}
