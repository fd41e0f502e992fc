import { createDiffieHellman, type DiffieHellman } from 'node:crypto'

/** Of the key exchange of MSE: 768 bits, generator 2. */
const PRIME =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74' +
  '020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437' +
  '4fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563'
const GENERATOR = 2
const KEY_BYTES = 96
const LARGEST_KEY = BigInt(`0x${PRIME}`) - 2n

/** A peer sent a number that is no public key: 0, 1, P - 1, or P and above. */
export class InvalidKey extends Error {
  override readonly name = 'InvalidKey'
}

/** Whether it is from 2 to P - 2: with others the shared secret is known to all. */
export function isPublicKey(bytes: Uint8Array): boolean {
  if (bytes.length !== KEY_BYTES) return false
  const number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  return number >= 2n && number <= LARGEST_KEY
}

let group: DiffieHellman | null = null

/** Made once: each time it is made the prime is tested, which takes 16 ms. A key takes 0.1 ms. */
function sharedGroup(): DiffieHellman {
  group ??= createDiffieHellman(PRIME, 'hex', GENERATOR)
  return group
}

/** One side's half of a key exchange. */
export class KeyExchange {
  #privateKey: Buffer | null = null

  /** A new public key, up to 96 bytes, most significant first. */
  generateKeys(): Uint8Array {
    const publicKey = sharedGroup().generateKeys()
    this.#privateKey = sharedGroup().getPrivateKey()
    return publicKey
  }

  /** 96 bytes. Throws InvalidKey where the peer's key is none. */
  computeSecret(peerKey: Uint8Array): Uint8Array {
    if (this.#privateKey === null) this.generateKeys()
    if (this.#privateKey === null || !isPublicKey(peerKey)) {
      throw new InvalidKey('the peer sent no public key')
    }
    sharedGroup().setPrivateKey(this.#privateKey)
    try {
      return sharedGroup().computeSecret(peerKey)
    } catch (error) {
      throw new InvalidKey('the peer sent no public key', { cause: error })
    }
  }
}
