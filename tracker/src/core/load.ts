/** Fetches a further script of the tracker; with a number, again after so many milliseconds until it is there. */
export function load(url: string, again?: number): void {
  const script = document.createElement('script');
  script.src = url;
  if (again) script.onerror = () => setTimeout(load, again, url, again);
  document.head.append(script);
}
