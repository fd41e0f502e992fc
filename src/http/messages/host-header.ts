/**
 * The name in a Host header or a URL's authority, in lower case, without port, brackets and zone;
 * `null` where there is none.
 */
export function hostNameOf(authority: string): string | null {
  const [, bracketed, plain] =
    /^(?:\[([^\]%]+)(?:%[^\]]*)?\]|([^:/@\s]+))(?::\d{1,5})?$/.exec(authority.trim()) ?? []
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '') ?? null
}
