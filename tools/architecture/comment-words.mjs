// A comment names its actor: the client, the service, the operator (docs/glossary.md).
const COMMENT = /^\s*(?:\/\*\*?|\*|\/\/)(.*)$/;
const NO_ACTOR = /\b(?:whoever|nobody|somebody|everybody)\b/i;

/**
 * @param {string} text of a source file
 * @returns {string[]} comment lines that leave the actor to be guessed
 */
export function commentsWithoutAnActor(text) {
  return text
    .split('\n')
    .map((line) => COMMENT.exec(line)?.[1] ?? '')
    .filter((comment) => NO_ACTOR.test(comment.replaceAll(/`[^`]*`/g, '')))
    .map((comment) => comment.trim());
}
