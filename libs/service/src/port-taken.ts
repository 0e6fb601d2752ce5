interface Door {
  readonly host: string;
  readonly port: number;
  /** The environment variable that sets the port. */
  readonly variable: string;
}

export class PortTakenError extends Error {
  readonly code = 'port_taken';
  override readonly name = 'PortTakenError';

  constructor({ host, port, variable }: Door) {
    super(`port ${port} on ${host} is taken: free it, or set ${variable} to another`);
  }

  /** Returns other errors unchanged. */
  static from(error: unknown, door: Door): unknown {
    return (error as { code?: unknown } | null)?.code === 'EADDRINUSE' ? new PortTakenError(door) : error;
  }
}
