/** Longer than the server takes to notice a change, and to say what there is to say. */
export const NOTICED_MS = 8_000

/** What a server of the lab announces of itself. */
export const LOCATION = (address: string): string => `http://${address}:3030/rootDesc.xml`
