/** Calls back at each of the events (a list of names) of the window, before anybody else hears of them. */
export function on(events: string, react: (event: Event) => void): void {
  for (const event of events.split(' ')) addEventListener(event, react, { capture: true, passive: true });
}

/** Calls back whenever somebody does something on the page; scrolling inside an element is captured, for it does not bubble. */
export function onInput(react: (event: Event) => void): void {
  on('pointerdown pointermove keydown wheel scroll', react);
}
