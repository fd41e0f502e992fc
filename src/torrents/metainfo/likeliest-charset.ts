export function likeliestCharset(_names: readonly Uint8Array[]): string {
  return 'windows-1252'
}
