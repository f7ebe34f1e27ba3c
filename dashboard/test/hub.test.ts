// One stream for many listeners, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../src/modules/active_users/hub.ts';
import type { Hear, News } from '../src/modules/active_users/stream.ts';

/** A stream that is told what to say. */
function stream() {
  const open = new Set<Hear>();
  let opened = 0;
  const hub = new Hub((hear) => {
    open.add(hear);
    opened += 1;
    return () => open.delete(hear);
  });
  const say = (news: News) => {
    for (const hear of open) hear(news);
  };
  return { hub, say, isOpen: () => open.size, opened: () => opened };
}

const picture = (now: number): News => ({ kind: 'presence', data: { now } });
const line = (id: number): News => ({ kind: 'activity', data: { id: String(id) } });

test('any number of listeners share one stream, which ends with the last of them', () => {
  const { hub, say, isOpen, opened } = stream();
  const heard: News[][] = [[], [], []];
  const leave = heard.map((list) => hub.join((news) => list.push(news)));
  assert.equal(isOpen(), 1);
  say(picture(1));
  assert.deepEqual(heard, [[picture(1)], [picture(1)], [picture(1)]]);
  leave[0]?.();
  leave[0]?.();
  say(picture(2));
  assert.deepEqual(
    heard.map((list) => list.length),
    [1, 2, 2],
  );
  leave[1]?.();
  assert.equal(isOpen(), 1);
  leave[2]?.();
  assert.equal(isOpen(), 0);
  assert.equal(opened(), 1);
});

test('who comes later gets the last picture and the lines at once', () => {
  const { hub, say } = stream();
  hub.join(() => {});
  say({ kind: 'connected', is: true });
  for (let id = 0; id < 100; id++) say(line(id));
  say(picture(1));
  say(picture(2));
  const heard: News[] = [];
  hub.join((news) => heard.push(news));
  assert.deepEqual(heard.slice(-2), [picture(2), { kind: 'connected', is: true }]);
  const lines = heard.filter(({ kind }) => kind === 'activity');
  assert.ok(lines.length < 100);
  assert.deepEqual(lines.at(-1), line(99));
});

test('what nobody watched grow old is not shown', () => {
  const { hub, say } = stream();
  hub.join(() => {})();
  const leave = hub.join(() => {});
  say(picture(7));
  leave();
  const heard: News[] = [];
  hub.join((news) => heard.push(news));
  assert.deepEqual(heard, []);
});
