/** Maps: areas and points on a plain ground, drawn on a canvas; many points gather by a grid. */
import type { Feature, FeatureCollection, Point } from "geojson";
import * as L from "leaflet";
import "./css/map.css";

interface Facts {
  name?: string;
  url?: string;
  kind?: string;
  count?: number;
}
const CELL_PX = 44;
const GATHER_ABOVE = 150;

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function fill(kind: string | undefined): string {
  return token(`--${kind ?? "brand"}-fill`) || token("--brand");
}

async function load(source: string): Promise<FeatureCollection> {
  if (source.startsWith("#")) {
    return JSON.parse(document.querySelector(source)?.textContent ?? "") as FeatureCollection;
  }
  const answer = await fetch(source, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as FeatureCollection;
}

function label(facts: Facts): HTMLElement {
  const words = document.createElement("span");
  words.textContent = [facts.name, facts.count].filter((part) => part !== undefined).join(" ");
  return words;
}

function opens(layer: L.Layer, facts: Facts): void {
  if (facts.name) layer.bindTooltip(label(facts), { sticky: true });
  if (facts.url) layer.on("click", () => location.assign(facts.url as string));
}

function drawAreas(map: L.Map, areas: FeatureCollection): L.GeoJSON {
  return L.geoJSON(areas, {
    style: (feature) => {
      const kind = (feature?.properties as Facts | null)?.kind;
      return {
        color: token("--line-strong"),
        weight: 1.5,
        fillColor: kind ? token(`--${kind}-soft`) : token("--surface"),
        fillOpacity: 1,
      };
    },
    onEachFeature: (feature, layer) => opens(layer, (feature.properties ?? {}) as Facts),
  }).addTo(map);
}

function drawPoints(map: L.Map, points: Feature<Point>[]): L.LayerGroup {
  const group = L.layerGroup().addTo(map);
  const draw = (): void => {
    group.clearLayers();
    for (const cell of gather(map, points)) group.addLayer(mark(map, cell));
  };
  map.on("zoomend moveend", draw);
  draw();
  return group;
}

function place(point: Feature<Point>): L.LatLng {
  const [lon = 0, lat = 0] = point.geometry.coordinates;
  return L.latLng(lat, lon);
}

/** Points of what is seen, by cells of a grid while there are many of them. */
function gather(map: L.Map, points: Feature<Point>[]): Feature<Point>[][] {
  const seen = points.filter((point) => map.getBounds().pad(0.1).contains(place(point)));
  if (seen.length <= GATHER_ABOVE) return seen.map((point) => [point]);
  const cells = new Map<string, Feature<Point>[]>();
  for (const point of seen) {
    const { x, y } = map.project(place(point));
    const key = `${Math.floor(x / CELL_PX)}:${Math.floor(y / CELL_PX)}`;
    const cell = cells.get(key);
    if (cell) cell.push(point);
    else cells.set(key, [point]);
  }
  return [...cells.values()];
}

function mark(map: L.Map, cell: Feature<Point>[]): L.Layer {
  const first = cell[0] as Feature<Point>;
  return cell.length > 1 ? many(map, cell) : dot(first, (first.properties ?? {}) as Facts);
}

function dot(point: Feature<Point>, facts: Facts): L.Layer {
  const circle = L.circleMarker(place(point), {
    radius: 6,
    color: token("--surface"),
    weight: 2,
    fillColor: fill(facts.kind),
    fillOpacity: 0.95,
  });
  opens(circle, facts);
  return circle;
}

/** Several points in one place: their number; a press looks closer. */
function many(map: L.Map, cell: Feature<Point>[]): L.Layer {
  const bounds = L.latLngBounds(cell.map(place));
  const size = Math.min(40, 22 + Math.sqrt(cell.length));
  const icon = L.divIcon({ className: "tc-map__many", html: String(cell.length), iconSize: [size, size] });
  const marker = L.marker(bounds.getCenter(), { icon, keyboard: false });
  marker.on("click", () => map.fitBounds(bounds.pad(0.2), { maxZoom: 18 }));
  return marker;
}

async function show(box: HTMLElement): Promise<void> {
  const map = L.map(box, { preferCanvas: true, attributionControl: false, minZoom: 6, maxZoom: 19, zoomAnimation: false, zoomSnap: 0.25 });
  const { areas, points } = box.dataset;
  const bounds = L.latLngBounds([]);
  const shapes = areas ? await load(areas) : null;
  const marks = points ? ((await load(points)).features as Feature<Point>[]) : [];
  if (shapes) bounds.extend(L.geoJSON(shapes).getBounds());
  for (const point of marks) bounds.extend(place(point));
  if (!bounds.isValid()) throw new Error("nothing to show");
  map.fitBounds(bounds, { padding: [12, 12] });
  if (shapes) drawAreas(map, shapes);
  if (marks.length) drawPoints(map, marks);
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) {
  show(box).catch(() => {
    const words = document.createElement("p");
    words.className = "tc-body tc-sub";
    words.textContent = box.dataset["failed"] ?? "";
    box.replaceChildren(words);
  });
}
