// Questions that every signed-in page begins with, asked before its program is there: what they wait for is the network,
// what the program waits for is the processor.

type Answers = Partial<Record<string, Promise<Response>>>;

const shared = globalThis as { early?: Answers };

/** Who is signed in, and which sites there are; the second only for somebody. */
export function askEarly(): void {
  const me = fetch('/api/v1/me', { headers: { Accept: 'application/json' } });
  const sites = me.then((answer) => {
    if (answer.ok) return fetch('/api/v1/sites', { headers: { Accept: 'application/json' } });
    // Whoever signs in later asks anew.
    delete shared.early?.['/api/v1/sites'];
    return answer.clone();
  });
  shared.early = { '/api/v1/me': me, '/api/v1/sites': sites };
  // Whoever takes them says what went wrong.
  me.catch(() => {});
  sites.catch(() => {});
}

/** The answer to a question that was asked early, once. */
export function takeEarly(path: string): Promise<Response> | undefined {
  const answer = shared.early?.[path];
  if (answer) delete shared.early?.[path];
  return answer;
}
