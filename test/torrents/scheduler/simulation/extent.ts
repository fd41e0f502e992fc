/** How many swarms of a kind are simulated: a few in `npm test`, all of them in `npm run fuzz`. */
export function extent(few: number, all: number): number {
  return process.env.SIMULATE === 'all' ? all : few
}
