/** Bounds on what a peer can make a reader hold. */
export interface Http1Limits {
  /** Start line and header fields together; the trailer section too. */
  readonly headBytesMax: number;
  readonly headerCountMax: number;
  /** One chunk's size line with its extensions. */
  readonly chunkLineBytesMax: number;
}

export const defaultHttp1Limits: Http1Limits = {
  // nginx allows 4 × 8 KiB for large headers; a browser's cookies and a token fit several times over.
  headBytesMax: 32 * 1024,
  // Apache's LimitRequestFields default; real clients send fewer than 30.
  headerCountMax: 100,
  // A size needs 15 characters; extensions are practically unused and were a way to waste a server's time.
  chunkLineBytesMax: 1024,
};
