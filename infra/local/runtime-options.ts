import type { KafkaSecurity } from '#messaging';
import type { PortName, Ports } from './ports.js';
import type { LocalServiceDefinition, LocalProcessName } from './services.js';

export interface RuntimeOptions {
  /** Everything is kept below it: `data/`, `logs/`, `run/`. A second run over it finds what the first one stored. */
  dataDir: string;
  /** `free` picks ports that nothing listens on. Default: those of docs/configuration.md, with the environment's changes. */
  ports?: 'free' | Partial<Ports>;
  /** Ports that the caller is about to listen on, checked together with the runtime's own. */
  alsoBinds?: readonly PortName[];
  /** How many of each; instances are named `ledger`, `ledger-2`, … Default 1. */
  instances?: Partial<Record<string, number>>;
  /** For all services, over what the supervisor's own environment and the runtime set. */
  env?: Record<string, string>;
  /** For one service or instance, over `env`. */
  serviceEnv?: Partial<Record<string, Record<string, string>>>;
  /**
   * For one instance, over all of the above and asked anew at each launch: what may differ from one start to the next.
   * `env` is what it would start with.
   */
  envAtLaunch?: (instance: string, env: Readonly<Record<string, string | undefined>>) => Record<string, string>;
  /** Default: all of the system. */
  services?: readonly (LocalProcessName | LocalServiceDefinition)[];
  /** Of an embedded Postgres, over those of docs/configuration.md. */
  postgresSettings?: Readonly<Record<string, string>>;
  /** Used instead of an embedded Postgres. */
  databaseUrl?: string;
  /** `host:port`, comma separated. Used instead of a Kafka of our own. */
  kafkaBrokers?: string;
  /** How `kafkaBrokers` let clients in. Default: as they come. */
  kafkaSecurity?: KafkaSecurity;
  /** How Kafka runs. Default `jvm`. */
  kafka?: 'jvm' | 'container';
  /** Of topics that do not exist yet. Default 4. */
  kafkaPartitions?: number;
  progress?: StartProgress;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

export interface StartProgress {
  /** A stage began. @returns what to call when it is done */
  stage(title: string): (note?: string) => void;
  say(line: string): void;
}
