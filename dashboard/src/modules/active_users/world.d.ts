// Drawn by world.mjs when the dashboard is built.
declare module 'virtual:world' {
  const world: {
    width: number;
    height: number;
    /** Country and path. */
    shapes: [string, string][];
    /** Countries too small for a shape: x and y of a dot. */
    dots: [string, number, number][];
    /** What has no country's code. */
    rest: string;
  };
  export default world;
}
