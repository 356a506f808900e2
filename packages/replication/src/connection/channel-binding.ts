/**
 * The hash that ties a sign-in to the TLS connection it happens in: `tls-server-end-point` of RFC 5929, section 4.1,
 * which is the server's certificate under the hash of its own signature.
 *
 * @param certificate  DER
 * @returns null where the RFC defines none (Ed25519), or the platform has none (SHA-224)
 */
export async function serverEndPoint(certificate: Uint8Array): Promise<Uint8Array | null> {
  const hash = signatureHash(certificate);
  return hash === null ? null : new Uint8Array(await crypto.subtle.digest(hash, new Uint8Array(certificate)));
}

type Hash = 'SHA-256' | 'SHA-384' | 'SHA-512';

/** Object identifiers as in DER, in hexadecimal. MD5 and SHA-1 are replaced by SHA-256. */
const HASHES: ReadonlyMap<string, Hash> = new Map([
  ['2a864886f70d010104', 'SHA-256'], // md5WithRSAEncryption
  ['2a864886f70d010105', 'SHA-256'], // sha1WithRSAEncryption
  ['2a864886f70d01010b', 'SHA-256'], // sha256WithRSAEncryption
  ['2a864886f70d01010c', 'SHA-384'],
  ['2a864886f70d01010d', 'SHA-512'],
  ['2a8648ce3d0401', 'SHA-256'], // ecdsa-with-SHA1
  ['2a8648ce3d040302', 'SHA-256'], // ecdsa-with-SHA256
  ['2a8648ce3d040303', 'SHA-384'],
  ['2a8648ce3d040304', 'SHA-512'],
  ['2b0e03021a', 'SHA-256'], // id-sha1, a parameter of RSASSA-PSS like those below
  ['608648016503040201', 'SHA-256'], // id-sha256
  ['608648016503040202', 'SHA-384'],
  ['608648016503040203', 'SHA-512'],
]);
const RSASSA_PSS = '2a864886f70d01010a';

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280, section 4.1). */
function signatureHash(certificate: Uint8Array): Hash | null {
  const [whole] = children(certificate);
  const algorithm = whole && children(whole)[1];
  if (!algorithm) return null;
  const [oid, parameters] = children(algorithm);
  if (!oid) return null;
  if (hex(oid) !== RSASSA_PSS) return HASHES.get(hex(oid)) ?? null;
  // RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] AlgorithmIdentifier DEFAULT sha1, … } (RFC 4055, section 3.1).
  const given = parameters && elements(parameters).find(({ tag }) => tag === 0xa0);
  if (!given) return 'SHA-256';
  const [identifier] = children(given.content);
  const [hash] = identifier ? children(identifier) : [];
  return hash ? (HASHES.get(hex(hash)) ?? null) : null;
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const children = (bytes: Uint8Array): Uint8Array[] => elements(bytes).map(({ content }) => content);

/** The elements of DER that stand beside each other; stops at what is none. */
function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1] as number;
    at += 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size === 0 || size > 4) break; // indefinite, which DER does not allow, or absurd
      length = bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
      at += size;
    }
    if (at + length > bytes.length) break;
    found.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
