/** Parameters whose very name says that the value is a secret or a person. `author` and `keyword` are neither. */
const SECRET = /token|e-?mail|phone|passw|pwd|secret|apikey|(^|[^a-z])(o?auth|key)([^a-z]|$)/i;

/** The door refuses longer ones. */
const LENGTH_LIMIT = 4_096;

/**
 * The address as it may be sent: without secret parameters, without credentials, without the fragment (which single
 * sign-on fills with tokens and no report needs). Too long, it loses its query rather than its page view. Empty when it is no address.
 */
export function clean(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return '';
  }
  // Other parameters keep their spelling: deleting nothing re-encodes nothing.
  for (const name of [...url.searchParams.keys()]) {
    if (SECRET.test(name)) url.searchParams.delete(name);
  }
  url.username = url.password = url.hash = '';
  if (url.href.length > LENGTH_LIMIT) url.search = '';
  return url.href.slice(0, LENGTH_LIMIT);
}
