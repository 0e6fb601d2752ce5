import { bankProtocol } from '#contracts';
import { allInstances, instancesOf, type InstanceName, type NetworkRoute } from '../schedule/fault.js';
import { TcpLink, type LinkCondition } from './tcp-link.js';

/** A proxy link for each pair of a service instance and Postgres, and of a gateway instance and a bank. */
export class ChaosNetwork {
  private constructor(private readonly links: ReadonlyMap<string, TcpLink>) {}

  static async open(): Promise<ChaosNetwork> {
    const routes: [InstanceName, NetworkRoute['to']][] = [
      ...allInstances.map((instance): [InstanceName, NetworkRoute['to']] => [instance, 'postgres']),
      ...instancesOf('bank-gateway').flatMap((instance) =>
        bankProtocol.bankNames.map((bank): [InstanceName, NetworkRoute['to']] => [instance, bank]),
      ),
    ];
    const links = await Promise.all(
      routes.map(async ([from, to]) => [nameOf(from, to), await TcpLink.open()] as const),
    );
    return new ChaosNetwork(new Map(links));
  }

  /** @returns the addresses in `env`, replaced by those of the links */
  between(instance: string, env: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const through = (to: string, url: string): string => {
      const link = this.links.get(nameOf(instance, to));
      if (!link) return url;
      const address = new URL(url);
      link.target = { host: address.hostname, port: Number(address.port) };
      address.hostname = '127.0.0.1';
      address.port = String(link.port);
      return address.toString().replace(/\/$/, '');
    };
    const { DATABASE_URL, BANKS } = env;
    const banks = Object.entries(JSON.parse(BANKS ?? '{}') as Record<string, string>);
    return {
      ...(DATABASE_URL && { DATABASE_URL: through('postgres', DATABASE_URL) }),
      ...(BANKS && {
        BANKS: JSON.stringify(Object.fromEntries(banks.map(([bank, url]) => [bank, through(bank, url)]))),
      }),
    };
  }

  async impose({ from, to }: NetworkRoute, condition: LinkCondition): Promise<void> {
    await Promise.all(from.map(async (instance) => this.links.get(nameOf(instance, to))?.impose(condition)));
  }

  async heal(): Promise<void> {
    await Promise.all([...this.links.values()].map((link) => link.impose({ kind: 'open' })));
  }

  async close(): Promise<void> {
    await Promise.all([...this.links.values()].map((link) => link.close()));
  }
}

const nameOf = (from: string, to: string): string => `${from} → ${to}`;
