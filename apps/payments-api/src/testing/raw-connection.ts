import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that is silent for this long has no further answer. */
const SILENT_MS = 10_000;

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined when it is not JSON. */
  readonly body: unknown;
}

/** A TCP connection that sends arbitrary bytes. */
export class RawConnection {
  readonly socket: Socket;
  private received = '';

  constructor(url: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.setEncoding('utf8').on('data', (chunk: string) => (this.received += chunk));
    this.socket.on('error', () => undefined); // the door may cut it off
  }

  /** Sends, and resolves with all answers once the connection is closed, or has been silent for long. */
  async exchange(text: string | Buffer): Promise<RawAnswer[]> {
    this.socket.write(text);
    this.socket.setTimeout(SILENT_MS, () => this.socket.destroy());
    await once(this.socket, 'close');
    return this.answers;
  }

  get answers(): RawAnswer[] {
    const answers: RawAnswer[] = [];
    for (let rest = this.received; rest !== '';) {
      const [head = '', ...following] = rest.split('\r\n\r\n');
      const [line = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(
        lines.map((header) => [
          header.slice(0, header.indexOf(':')).toLowerCase(),
          header.slice(header.indexOf(':') + 1).trim(),
        ]),
      );
      const bytes = Buffer.from(following.join('\r\n\r\n'));
      const text = bytes.subarray(0, Number(headers['content-length'] ?? 0)).toString();
      rest = bytes.subarray(Buffer.byteLength(text)).toString();
      answers.push({ status: Number(line.split(' ')[1]), headers, text, body: parsed(text) });
    }
    return answers;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
