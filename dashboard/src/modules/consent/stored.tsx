// What is kept about visitors, where, for how long, and who receives it: as the program is built, not as it is configured.

interface Kept {
  what: string;
  /** The name in the browser. */
  cookie?: string;
  where: string;
  long: string;
  /** The class whose limit stands for “as long as the site says”. */
  limit?: string;
  whom?: string;
}

const NOBODY = 'Nobody';

const KEPT: readonly Kept[] = [
  {
    what: 'Events, sessions and web vitals, with keyed hashes of visitor and session',
    where: 'ClickHouse',
    long: 'As long as the site says',
    limit: 'events',
  },
  {
    what: 'Sums by day and page, without anybody’s id',
    where: 'ClickHouse',
    long: 'As long as the site says',
    limit: 'sums',
  },
  {
    what: 'Events on their way, without address and user agent in clear',
    where: 'Log on the server’s disk',
    long: 'Until processed, about an hour at most while all stores answer',
  },
  { what: 'Live picture: hashes of who is here', where: 'Memory', long: '30 minutes' },
  {
    what: 'Network address and user agent',
    where: 'Memory',
    long: 'While the request is handled',
  },
  {
    what: 'The visitor’s choice, no identifier',
    cookie: '_ut_c',
    where: 'The visitor’s browser',
    long: '180 days',
  },
  {
    what: 'A random id, where the visitor or the site’s mode grants analytics',
    cookie: '_ut_id',
    where: 'The visitor’s browser',
    long: '13 months, renewed on page views; in the mode CNIL never renewed',
  },
  {
    what: 'The wish not to be counted in this browser, no identifier',
    cookie: 'ut_ignore',
    where: 'The browser of whoever asked for it',
    long: '1 year',
  },
  { what: 'Salts of the hashes', where: 'One file that is overwritten', long: '48 hours' },
  {
    what: 'Join tokens, where the shop asks for them: a sealed digest of network and browser',
    where: 'The shop',
    long: '48 hours, then nobody can read them',
    whom: 'The shop; only this server can read them',
  },
  {
    what: 'Receipts of consent; what points to a person is sealed with that person’s key',
    where: 'Store of transactions',
    long: 'As long as the site says; what is sealed until the person is forgotten',
    limit: 'receipts',
  },
  {
    what: 'What the shop told of a visitor, with their consent, sealed with that person’s key',
    where: 'Store of transactions',
    long: 'As long as the site says; until consent is taken back or the person is forgotten',
    limit: 'personal',
  },
  {
    what: 'Who was forgotten, as keyed hashes that name nobody',
    where: 'A file that is in no back-up',
    long: 'For ever, so that it stays so',
  },
  {
    what: 'The keys of persons with a cookie, themselves sealed with the server’s keys',
    where: 'Store of transactions',
    long: 'Until the person is forgotten',
  },
];

const COLUMNS = ['What', 'Where', 'For how long', 'Who receives it'] as const;

/** `limitOf` a class of data: how long this site keeps it, where that is known. */
export function Stored({ limitOf }: { limitOf: (name: string) => string | undefined }) {
  const longOf = ({ long, limit }: Kept) => {
    const known = limit === undefined ? undefined : limitOf(limit);
    return known === undefined ? long : long.replace('As long as the site says', known);
  };
  return (
    <section class="card stored" aria-labelledby="stored-title">
      <h2 class="card-title" id="stored-title">
        What is stored where
      </h2>
      <p class="receipts-lead">
        About visitors, by this program. A description for your privacy notice, not legal advice.
      </p>
      {/* The roles stay where a phone lays the rows out as blocks. */}
      <table class="stored-table" role="table" aria-labelledby="stored-title">
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((name) => (
              <th key={name} scope="col" role="columnheader">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {KEPT.map((kept) => (
            <tr key={kept.what} role="row">
              <th scope="row" role="rowheader">
                {kept.what}
                {kept.cookie && (
                  <>
                    {' '}
                    <code class="stored-cookie">{kept.cookie}</code>
                  </>
                )}
              </th>
              {[kept.where, longOf(kept), kept.whom ?? NOBODY].map((words, at) => (
                <td key={COLUMNS[at + 1]} role="cell" data-column={COLUMNS[at + 1]}>
                  {words}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
