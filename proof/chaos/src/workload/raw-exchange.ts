import { connect } from 'node:net';

const PATIENCE_MS = 5_000;

/** Sends raw bytes and waits for the end of the connection. @returns the answer's status, if there was an answer */
export function sendRaw(origin: string, bytes: string, leaves: boolean): Promise<number | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, () => {
        if (leaves) socket.destroy();
      });
    });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (heard.includes('\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1];
      resolve(status === undefined ? undefined : Number(status));
    });
  });
}
