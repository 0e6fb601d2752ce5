import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once, when a response has been sent or its connection is gone. Its own `close` is not enough: a pipelined
 * response that still waits behind another never closes, even when the connection does.
 */
export function onceGone(response: ServerResponse, callback: () => void): void {
  const { socket } = response.req;
  // Its events may be over.
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
