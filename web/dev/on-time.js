// The dashboard `on-time` for the development server: its definition, and its panels' rows.

const PLAIN = { style: 'number', decimals: null, unit: null, currency: null };
const COUNT = { ...PLAIN, decimals: 0 };

/** @typedef {import('./flights.js').Flight} Flight */

const month = column('month', 'Month', 'dimension', null, 'month');
const flightCount = column('flights', 'Flights', 'measure', COUNT);

export const PANELS = [
  panel('flights', 'kpi', 'Flights', 'Scheduled departures from New York', [flightCount]),
  panel('avg_dep_delay', 'kpi', 'Average departure delay', 'Minutes, over departed flights', [
    column('avg_dep_delay', 'Average departure delay', 'measure', {
      ...PLAIN,
      decimals: 1,
      unit: 'min',
    }),
  ]),
  panel('by_month', 'bar', 'Flights per month', null, [month, flightCount]),
  panel(
    'delay_share',
    'line',
    'Share of flights that departed more than 15 minutes late',
    'Per month and origin, of flights that departed',
    [
      column('origin', 'Origin', 'dimension'),
      month,
      column('delay_share', 'Late departures', 'measure', {
        ...PLAIN,
        style: 'percent',
        decimals: 1,
      }),
    ],
  ),
  {
    ...panel('destinations', 'bar', 'Ten most flown destinations', null, [
      column('dest', 'Destination', 'dimension'),
      flightCount,
      column('avg_arr_delay', 'Average arrival delay', 'measure', {
        ...PLAIN,
        decimals: 1,
        unit: 'min',
      }),
    ]),
    orientation: 'horizontal',
  },
  {
    ...panel('recent', 'table', 'Latest flights', 'Newest first', [
      column('time_hour', 'Scheduled hour', 'column', { ...PLAIN, style: 'date_time' }),
      column('flight', 'Flight', 'column', { ...PLAIN, style: 'text' }),
      column('origin', 'From', 'column'),
      column('dest', 'To', 'column'),
      column('tailnum', 'Aircraft', 'column'),
      column('dep_delay', 'Departure delay', 'column', { ...PLAIN, unit: 'min' }),
      column('arr_delay', 'Arrival delay', 'column', { ...PLAIN, unit: 'min' }),
      column('distance', 'Distance', 'column', { ...PLAIN, unit: 'mi' }),
    ]),
    page_size: 20,
  },
];

export const ELEMENTS = [
  { id: 'period', type: 'date_range', label: 'Period', placeholder: 'All of 2013' },
  { id: 'origin', type: 'multi_select', label: 'Origin', placeholder: 'All airports' },
];

export const LAYOUT = [
  { element: 'period', x: 0, y: 0, w: 4, h: 2 },
  { element: 'origin', x: 4, y: 0, w: 4, h: 2 },
  { panel: 'flights', x: 0, y: 2, w: 3, h: 4 },
  { panel: 'avg_dep_delay', x: 0, y: 6, w: 3, h: 4 },
  { panel: 'by_month', x: 3, y: 2, w: 9, h: 8 },
  { panel: 'delay_share', x: 0, y: 10, w: 7, h: 12 },
  { panel: 'destinations', x: 7, y: 10, w: 5, h: 12 },
  { panel: 'recent', x: 0, y: 22, w: 12, h: 15 },
];

/**
 * The rows of a panel over the flights that a viewer may see.
 *
 * @param {string} id
 * @param {Flight[]} flights
 * @param {any} request
 */
export function answer(id, flights, request) {
  const rows = flights.filter(chosen(request.variables ?? {}));
  const reply = { cached: false, as_of: new Date().toISOString(), total_rows: null };
  switch (id) {
    case 'flights':
      return { ...reply, columns: types(['flights', 'integer']), rows: [[rows.length]] };
    case 'avg_dep_delay':
      return {
        ...reply,
        columns: types(['avg_dep_delay', 'float']),
        rows: [[mean(rows, 'dep_delay')]],
      };
    case 'by_month': {
      const groups = [...grouped(rows, monthOf)].sort(([a], [b]) => (a < b ? -1 : 1));
      const columns = types(['month', 'date'], ['flights', 'integer']);
      return { ...reply, columns, rows: groups.map(([key, group]) => [key, group.length]) };
    }
    case 'delay_share':
      return { ...reply, ...delayShare(rows) };
    case 'destinations':
      return { ...reply, ...destinations(rows) };
    default:
      return { ...reply, ...recent(rows, request) };
  }
}

/** @param {Flight[]} rows */
function delayShare(rows) {
  const departed = rows.filter((row) => row.dep_delay !== null);
  const groups = grouped(departed, (row) => `${row.origin} ${monthOf(row)}`);
  const columns = types(['origin', 'string'], ['month', 'date'], ['delay_share', 'float']);
  const cells = [...groups].map(([key, group]) => {
    const late = group.filter((row) => (row.dep_delay ?? 0) > 15).length;
    return [...key.split(' '), late / group.length];
  });
  return { columns, rows: cells };
}

/** @param {Flight[]} rows */
function destinations(rows) {
  const groups = [...grouped(rows, (row) => row.dest)];
  groups.sort(([a, one], [b, two]) => two.length - one.length || (a < b ? -1 : 1));
  const columns = types(['dest', 'string'], ['flights', 'integer'], ['avg_arr_delay', 'float']);
  const cells = groups
    .slice(0, 10)
    .map(([dest, group]) => [dest, group.length, mean(group, 'arr_delay')]);
  return { columns, rows: cells };
}

/**
 * @param {Flight[]} rows
 * @param {any} request
 */
function recent(rows, request) {
  const [sort = { column: 'time_hour', direction: 'desc' }] = request.sort ?? [];
  const sign = sort.direction === 'desc' ? -1 : 1;
  const sorted = rows.toSorted((/** @type {any} */ a, /** @type {any} */ b) => {
    const [one, two] = [a[sort.column], b[sort.column]];
    if (one === null || two === null) return (one === null ? 1 : 0) - (two === null ? 1 : 0);
    return one < two ? -sign : one > two ? sign : 0;
  });
  const size = request.page_size ?? 50;
  const page = sorted.slice(((request.page ?? 1) - 1) * size).slice(0, size);
  const names = [
    'time_hour',
    'flight',
    'origin',
    'dest',
    'tailnum',
    'dep_delay',
    'arr_delay',
    'distance',
  ];
  const kinds = [
    'timestamp',
    'integer',
    'string',
    'string',
    'string',
    'integer',
    'integer',
    'integer',
  ];
  return {
    total_rows: rows.length,
    columns: names.map((name, index) => ({ name, type: kinds[index] })),
    rows: page.map((/** @type {any} */ row) => names.map((name) => row[name])),
  };
}

/** @param {any} variables */
function chosen({ period, origin }) {
  const origins = origin === undefined ? null : [origin].flat();
  return (/** @type {Flight} */ row) =>
    (!origins || origins.includes(row.origin)) &&
    (!period?.startDate || row.day >= period.startDate) &&
    (!period?.endDate || row.day <= period.endDate);
}

/** @param {Flight} row */
function monthOf(row) {
  return `${row.day.slice(0, 7)}-01`;
}

/**
 * @param {Flight[]} rows
 * @param {'dep_delay' | 'arr_delay'} name
 */
function mean(rows, name) {
  const values = rows.map((row) => row[name]).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {Flight[]} rows
 * @param {(row: Flight) => string} key
 */
function grouped(rows, key) {
  /** @type {Map<string, Flight[]>} */
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

/**
 * @param {string} id
 * @param {string} type
 * @param {string} title
 * @param {string | null} description
 * @param {object[]} columns
 */
function panel(id, type, title, description, columns) {
  const shape = { orientation: 'vertical', stacked: false, page_size: null };
  return { id, type, title, description, columns, ...shape };
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} role
 * @param {object | null} format
 * @param {string | null} bucket
 */
function column(name, label, role, format = null, bucket = null) {
  return { name, label, role, bucket, format: format ?? { ...PLAIN, style: 'auto' } };
}

/** @param {[name: string, type: string][]} columns */
function types(...columns) {
  return columns.map(([name, type]) => ({ name, type }));
}
