/** Where a socket goes. `starttls` opens in the clear and is upgraded after Postgres's SSLRequest. */
export interface SocketTarget {
  readonly hostname: string;
  readonly port: number;
  readonly tls: 'off' | 'starttls';
}

/** A byte stream to a server: the port that Node and workerd both fill. */
export interface ByteSocket {
  /** The next bytes, owned by the caller; null at the end of the stream. @throws {ConnectionLostError} */
  read(): Promise<Uint8Array | null>;
  /** Resolves when the bytes are handed to the platform. @throws {ConnectionLostError} */
  write(bytes: Uint8Array): Promise<void>;
  /** Upgrades to TLS; this socket must not be used afterwards. Only for targets opened with `starttls`. */
  startTls(): Promise<ByteSocket>;
  /** Never throws; a read or write under way fails. */
  close(): Promise<void>;
}

export type Connect = (target: SocketTarget) => Promise<ByteSocket>;
