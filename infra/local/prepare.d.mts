/** What `npm ci` is always told, whatever npm's configuration says. */
export declare const NPM_MUST: readonly string[];

/** @returns the first package or file in `node_modules` of `folder` that is missing or outdated */
export declare function whatIsMissing(node: string, folder: string): Promise<string | undefined>;
