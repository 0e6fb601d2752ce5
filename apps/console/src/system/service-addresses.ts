import type { AdminDoors } from '#charge-story';

/** Where the system's processes answer. */
export interface ServiceAddresses extends AdminDoors {
  /** Stripe's `/v1`. */
  readonly api: string | undefined;
}

/** The part of the supervisor's `/urls` that is needed here. */
export interface SupervisedUrls {
  readonly api: string;
  /** Admin APIs by process name. */
  readonly admin: Readonly<Record<string, string>>;
  readonly banksAdmin: string;
}

export function addressesIn({ api, admin, banksAdmin }: SupervisedUrls): ServiceAddresses {
  const instancesOf = (service: string): string[] =>
    Object.entries(admin).flatMap(([name, url]) =>
      name === service || (/^-\d+$/.test(name.slice(service.length)) && name.startsWith(service)) ? [url] : [],
    );
  return {
    api,
    payments: instancesOf('payments-api'),
    gateway: instancesOf('bank-gateway'),
    ledger: instancesOf('ledger'),
    banks: [banksAdmin],
  };
}
