import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean } from '../src/core/address.ts';

const cases: [given: string, sent: string][] = [
  ['https://shop.example/p/42?utm_source=x&gclid=abc', 'https://shop.example/p/42?utm_source=x&gclid=abc'],
  ['https://shop.example/?token=s', 'https://shop.example/'],
  ['https://shop.example/?a=1&access_token=s&b=2', 'https://shop.example/?a=1&b=2'],
  ['https://shop.example/?accessToken=s', 'https://shop.example/'],
  ['https://shop.example/?Email=a%40b.example&x=1', 'https://shop.example/?x=1'],
  ['https://shop.example/?e%6dail=a%40b.example', 'https://shop.example/'],
  ['https://shop.example/?e-mail=a', 'https://shop.example/'],
  ['https://shop.example/?email=a&email=b', 'https://shop.example/'],
  ['https://shop.example/?customer_phone=1&phone=2', 'https://shop.example/'],
  ['https://shop.example/?password=1&passwd=2&pwd=3', 'https://shop.example/'],
  ['https://shop.example/?auth=1&oauth=2&auth_code=3', 'https://shop.example/'],
  ['https://shop.example/?key=1&api_key=2&apikey=3&reset-key=4', 'https://shop.example/'],
  ['https://shop.example/?client_secret=1', 'https://shop.example/'],
  [
    'https://shop.example/?keyword=shoes&author=me&monkey=1',
    'https://shop.example/?keyword=shoes&author=me&monkey=1',
  ],
  ['https://shop.example/?q=a+b%20c', 'https://shop.example/?q=a+b%20c'],
  ['https://shop.example/p#access_token=s', 'https://shop.example/p'],
  ['https://user:word@shop.example/', 'https://shop.example/'],
  [`https://shop.example/p?q=${'x'.repeat(4_060)}`, `https://shop.example/p?q=${'x'.repeat(4_060)}`],
  [`https://shop.example/p?q=${'x'.repeat(5_000)}`, 'https://shop.example/p'],
  [`https://shop.example/${'x'.repeat(5_000)}?q=1`, `https://shop.example/${'x'.repeat(4_075)}`],
  ['', ''],
  ['not an address', ''],
];

for (const [given, sent] of cases) {
  test(`${given.slice(0, 80) || '(empty)'} is sent as ${sent.slice(0, 80) || '(empty)'}`, () => {
    assert.equal(clean(given), sent);
  });
}
