/** Where a socket goes. `starttls` opens in the clear and is upgraded after Postgres's SSLRequest. */
export interface SocketTarget {
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly tls: 'off' | 'starttls';
  /**
   * Seconds until {@link ByteSocket.established} is called, after which the socket breaks. Only Node heeds it: a Durable
   * Object keeps no timers, its alarm is the watchdog.
   */
  readonly connectTimeout?: number;
  /** Path of a PEM file: certificates to trust instead of the platform's. @throws {UrlError} where there are no files */
  readonly rootCertificate?: string;
}

/** A byte stream to a server: the port that Node and workerd both fill. */
export interface ByteSocket {
  /** The next bytes, owned by the caller; null at the end of the stream. @throws {ConnectionLostError} */
  read(): Promise<Uint8Array | null>;
  /** Resolves when the bytes are handed to the platform. @throws {ConnectionLostError} */
  write(bytes: Uint8Array): Promise<void>;
  /** Upgrades to TLS; this socket must not be used afterwards. Only for targets opened with `starttls`. */
  startTls(): Promise<ByteSocket>;
  /**
   * The certificate that the server showed, DER; null before TLS. Absent where the platform does not tell (workerd),
   * and channel binding is then out of reach.
   */
  serverCertificate?(): Uint8Array | null;
  /** The session has begun: `connectTimeout` is kept. */
  established?(): void;
  /** Never throws; a read or write under way fails. */
  close(): Promise<void>;
}

export type Connect = (target: SocketTarget) => Promise<ByteSocket>;
