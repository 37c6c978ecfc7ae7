/** The customers one can look as: airlines with their stations, and how a search finds them. Pure. */

export interface Customer {
  readonly provided_id: string;
  readonly name: string;
  readonly level: string;
  readonly parent_provided_id: string | null;
}

export interface Airline extends Customer {
  readonly stations: readonly Customer[];
}

/** Customers without a parent, by name, each with those below it. */
export function airlinesOf(customers: readonly Customer[]): Airline[] {
  return customers
    .filter((customer) => !customer.parent_provided_id)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map((airline) => ({
      ...airline,
      stations: customers.filter((one) => one.parent_provided_id === airline.provided_id),
    }));
}

/** What a station is called beside its airline: the id without the airline's. */
export function stationName(station: Customer): string {
  const prefix = `${station.parent_provided_id}-`;
  return station.provided_id.startsWith(prefix)
    ? station.provided_id.slice(prefix.length)
    : station.provided_id;
}

/** Airlines whose name, code or stations hold every word typed. */
export function found(airlines: readonly Airline[], typed: string): readonly Airline[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return airlines.filter((airline) => {
    const stations = airline.stations.map(({ provided_id }) => provided_id).join(' ');
    const text = `${airline.name} ${airline.provided_id} ${stations}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The customer that the page's address names (`#UA-JFK`), else United, else the first. */
export function firstViewer(airlines: readonly Airline[], hash: string): string | null {
  const wanted = decodeURIComponent(hash.replace(/^#/, ''));
  const all = airlines.flatMap((airline) => [airline, ...airline.stations]);
  if (all.some(({ provided_id }) => provided_id === wanted)) return wanted;
  const united = all.find(({ provided_id }) => provided_id === 'UA');
  return (united ?? all[0])?.provided_id ?? null;
}
