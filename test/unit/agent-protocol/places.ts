/** A seed and the place of a message: what the hash of every language is tried with. */
export const PLACES: readonly (readonly number[])[] = [
  [42, 0, 0, 0],
  [42, 0, 0, 1],
  [0, 0, 0, 0],
  [-1, 65_535, 65_535, 4_294_967_295],
  [2_147_483_647, 1, 2, 3],
  [-2_147_483_648, 3, 1, 1_000_000],
  [4_294_967_296 + 5, 7, 0, 123_456_789],
];
