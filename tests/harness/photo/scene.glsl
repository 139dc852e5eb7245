#version 300 es
// A front door at dusk: a courier brings a parcel. Distance fields, one warm porch lamp
// and a blue evening sky. Drawn for Eyewitness; no model, texture or photo of others.
precision highp float;
precision highp int;
out vec4 pixel;
uniform vec2 size;
uniform vec2 shift;

const float FAR = 40.0;
const vec3 LAMP = vec3(1.93, 2.02, 0.30);
const vec3 WARM = vec3(1.0, 0.66, 0.33);
const vec3 COURIER = vec3(-0.22, 0.0, 1.45);

const int SIDING = 1, TRIM = 2, DOOR = 3, GLASS = 4, BRASS = 5, STONE = 6, PAVER = 7,
          LAWN = 8, LEAF = 9, POT = 10, IRON = 11, BULB = 12, MAT = 13, JACKET = 14,
          TROUSER = 15, SKIN = 16, CAP = 17, BOOT = 18, CARDBOARD = 19, ROOM = 20,
          HAIR = 21, ROOF = 22, BAG = 23;

float hash(vec2 p) {
  p = fract(p * vec2(123.34, 456.21));
  p += dot(p, p + 45.32);
  return fract(p.x * p.y);
}
float hash3(vec3 p) { return hash(p.xy + 17.17 * p.z); }
float noise(vec3 p) {
  vec3 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(
      mix(mix(hash3(i), hash3(i + vec3(1, 0, 0)), f.x),
          mix(hash3(i + vec3(0, 1, 0)), hash3(i + vec3(1, 1, 0)), f.x), f.y),
      mix(mix(hash3(i + vec3(0, 0, 1)), hash3(i + vec3(1, 0, 1)), f.x),
          mix(hash3(i + vec3(0, 1, 1)), hash3(i + vec3(1, 1, 1)), f.x), f.y), f.z);
}
float fbm(vec3 p) {
  return 0.5 * noise(p) + 0.25 * noise(p * 2.03 + 7.1) + 0.125 * noise(p * 4.1 + 3.7) +
         0.0625 * noise(p * 8.3 + 1.9);
}

float box(vec3 p, vec3 b, float r) {
  vec3 q = abs(p) - b + r;
  return length(max(q, 0.0)) + min(max(q.x, max(q.y, q.z)), 0.0) - r;
}
float ellipsoid(vec3 p, vec3 r) {
  float k0 = length(p / r), k1 = length(p / (r * r));
  return k0 * (k0 - 1.0) / k1;
}
float cone(vec3 p, vec3 a, vec3 b, float r1, float r2) {
  vec3 ba = b - a;
  float l2 = dot(ba, ba), rr = r1 - r2, a2 = l2 - rr * rr, il2 = 1.0 / l2;
  vec3 pa = p - a;
  float y = dot(pa, ba), z = y - l2;
  vec3 q = pa * l2 - ba * y;
  float x2 = dot(q, q), y2 = y * y * l2, z2 = z * z * l2;
  float k = sign(rr) * rr * rr * x2;
  if (sign(z) * a2 * z2 > k) return sqrt(x2 + z2) * il2 - r2;
  if (sign(y) * a2 * y2 < k) return sqrt(x2 + y2) * il2 - r1;
  return (sqrt(x2 * a2 * il2) + y * rr) * il2 - r1;
}
float blend(float a, float b, float k) {
  float h = max(k - abs(a - b), 0.0) / k;
  return min(a, b) - h * h * k * 0.25;
}
void add(inout vec2 best, float d, int material) {
  if (d < best.x) best = vec2(d, float(material));
}

vec3 toCourier(vec3 p) {
  p -= COURIER;
  float c = cos(0.10), s = sin(0.10);
  return vec3(c * p.x - s * p.z, p.y, s * p.x + c * p.z);
}

void courier(vec3 world, inout vec2 best) {
  vec3 p = toCourier(world);
  float bound = length(p - vec3(0.1, 0.95, 0.0)) - 1.15;
  if (bound > 0.4) { if (bound < best.x) best.x = min(best.x, bound + 0.1); return; }
  float crease = 0.006 * sin(p.y * 46.0 + 5.0 * noise(p * 7.0)) * noise(p * 9.0);

  // Legs, one step taken.
  float legs = cone(p, vec3(0.0, 0.90, 0.085), vec3(0.16, 0.50, 0.095), 0.102, 0.074);
  legs = blend(legs, cone(p, vec3(0.16, 0.50, 0.095), vec3(0.13, 0.12, 0.095), 0.076, 0.060), 0.04);
  float back = cone(p, vec3(-0.01, 0.90, -0.085), vec3(0.03, 0.49, -0.095), 0.102, 0.074);
  back = blend(back, cone(p, vec3(0.03, 0.49, -0.095), vec3(-0.20, 0.15, -0.095), 0.076, 0.058), 0.04);
  legs = blend(min(legs, back), ellipsoid(p - vec3(-0.01, 0.94, 0.0), vec3(0.13, 0.13, 0.175)), 0.05);
  add(best, legs + crease, TROUSER);
  float boots = box(p - vec3(0.175, 0.055, 0.095), vec3(0.135, 0.055, 0.048), 0.045);
  vec3 heel = p - vec3(-0.175, 0.085, -0.095);
  heel.xy = mat2(0.93, -0.36, 0.36, 0.93) * heel.xy;
  boots = min(boots, box(heel, vec3(0.135, 0.055, 0.048), 0.045));
  add(best, boots, BOOT);

  // Jacket: trunk, shoulders, sleeves.
  vec3 q = vec3(p.x * 1.22, p.y, p.z);
  float trunk = cone(q, vec3(-0.01, 0.98, 0.0), vec3(0.0, 1.32, 0.0), 0.165, 0.185) / 1.12;
  trunk = blend(trunk, cone(p, vec3(-0.02, 1.415, -0.135), vec3(-0.02, 1.415, 0.135), 0.088, 0.088), 0.12);
  trunk = blend(trunk, cone(p, vec3(0.0, 1.40, 0.0), vec3(0.015, 1.50, 0.0), 0.11, 0.072), 0.05);
  for (float side = -1.0; side < 2.0; side += 2.0) {
    vec3 shoulder = vec3(-0.02, 1.405, side * 0.195), elbow = vec3(0.01, 1.135, side * 0.262),
         wrist = vec3(0.265, 1.075, side * 0.215);
    float arm = cone(p, shoulder, elbow, 0.079, 0.062);
    arm = blend(arm, cone(p, elbow, wrist, 0.063, 0.047), 0.035);
    trunk = blend(trunk, arm, 0.035);
    add(best, ellipsoid(p - wrist - vec3(0.065, -0.025, -side * 0.004), vec3(0.062, 0.036, 0.044)), SKIN);
  }
  add(best, trunk + crease, JACKET);

  // Head and cap.
  vec3 h = p - vec3(0.045, 1.635, 0.0);
  float head = ellipsoid(h, vec3(0.092, 0.118, 0.078));
  head = blend(head, ellipsoid(h - vec3(0.035, -0.068, 0.0), vec3(0.058, 0.052, 0.054)), 0.04);
  head = blend(head, cone(h, vec3(0.082, 0.012, 0.0), vec3(0.104, -0.022, 0.0), 0.010, 0.015), 0.02);
  head = blend(head, ellipsoid(h - vec3(0.083, -0.06, 0.0), vec3(0.017, 0.012, 0.026)), 0.012);
  head = blend(head, cone(p, vec3(0.0, 1.46, 0.0), vec3(0.02, 1.57, 0.0), 0.060, 0.056), 0.04);
  head = min(head, ellipsoid(h - vec3(-0.008, -0.012, 0.079), vec3(0.021, 0.032, 0.012)));
  add(best, head, SKIN);
  float hair = ellipsoid(h - vec3(-0.017, 0.004, 0.0), vec3(0.088, 0.112, 0.084));
  hair = max(hair, h.x + 0.55 * h.y - 0.005);
  add(best, hair + 0.004 * noise(p * 60.0), HAIR);
  float cap = max(ellipsoid(h - vec3(-0.008, 0.032, 0.0), vec3(0.107, 0.102, 0.093)), 0.045 - h.y - 0.12 * h.x);
  vec3 peak = h - vec3(0.118, 0.050, 0.0);
  peak.y += 0.28 * peak.x + 2.2 * peak.z * peak.z;
  cap = min(cap, max(ellipsoid(peak, vec3(0.088, 0.012, 0.080)), -0.04 - peak.x) * 0.8);
  add(best, cap, CAP);

  // The parcel, and the strap of a satchel.
  add(best, box(p - vec3(0.375, 1.165, 0.0), vec3(0.165, 0.135, 0.215), 0.008), CARDBOARD);
}

vec2 scene(vec3 p) {
  vec2 best = vec2(FAR, 0.0);
  courier(p, best);

  // Ground: lawn, path of slabs, porch with one step.
  float path = abs(p.x - 0.75 + 0.10 * (p.z - 1.0)) - 1.32;
  vec2 slab = vec2(p.x * 1.25 + 0.5 * floor(p.z * 1.55), p.z * 1.55);
  vec2 edge = abs(fract(slab) - 0.5);
  float joint = smoothstep(0.455, 0.5, max(edge.x, edge.y));
  float ground = p.y + (path < 0.0 ? 0.014 * joint - 0.004 * noise(p * 9.0)
                                   : 0.03 - 0.05 * noise(p * vec3(34.0, 1.0, 34.0)) * smoothstep(0.0, 0.1, path));
  add(best, ground * 0.75, path < 0.0 ? PAVER : LAWN);
  add(best, box(p - vec3(1.05, 0.07, 0.42), vec3(1.12, 0.09, 0.56), 0.012), STONE);
  add(best, box(p - vec3(1.05, 0.172, 0.55), vec3(0.43, 0.014, 0.25), 0.008) - 0.004 * noise(p * 90.0), MAT);

  // House front with siding, open where door and window are.
  float lap = fract(p.y / 0.165);
  float board = lap - smoothstep(0.90, 1.0, lap);
  float front = max(p.z + 0.020 * board - 0.006, -p.x - 1.95);
  front = max(front, p.y - 3.35);
  front = max(front, -box(p - vec3(1.05, 1.27, 0.0), vec3(0.52, 1.14, 0.30), 0.0));
  front = max(front, -box(p - vec3(-0.88, 1.55, 0.0), vec3(0.56, 0.62, 0.30), 0.0));
  add(best, front * 0.7, SIDING);
  add(best, box(p - vec3(-1.93, 1.6, -0.03), vec3(0.07, 1.75, 0.07), 0.006), TRIM);
  add(best, box(p - vec3(0.6, 0.06, -0.01), vec3(2.55, 0.12, 0.045), 0.006), STONE);

  // Door in its frame.
  float frame = box(p - vec3(1.05, 1.29, 0.01), vec3(0.63, 1.25, 0.055), 0.008);
  frame = max(frame, -box(p - vec3(1.05, 1.14, 0.0), vec3(0.515, 1.27, 0.4), 0.0));
  frame = min(frame, box(p - vec3(1.05, 2.56, 0.05), vec3(0.70, 0.045, 0.10), 0.008));
  frame = min(frame, box(p - vec3(1.05, 2.165, -0.02), vec3(0.52, 0.03, 0.05), 0.004));
  add(best, frame, TRIM);
  vec3 d = p - vec3(1.05, 1.15, -0.075);
  float door = box(d, vec3(0.50, 1.0, 0.035), 0.006);
  vec3 m = vec3(abs(d.x) - 0.225, d.y, d.z);
  float panel = min(box(m - vec3(0.0, -0.58, 0.035), vec3(0.155, 0.27, 0.018), 0.0),
                    box(m - vec3(0.0, 0.02, 0.035), vec3(0.155, 0.25, 0.018), 0.0));
  door = max(door, -panel);
  door = min(door, min(box(m - vec3(0.0, -0.58, 0.020), vec3(0.115, 0.23, 0.014), 0.012),
                       box(m - vec3(0.0, 0.02, 0.020), vec3(0.115, 0.21, 0.014), 0.012)));
  door = max(door, -box(m - vec3(0.0, 0.62, 0.0), vec3(0.155, 0.25, 0.1), 0.0));
  add(best, door, DOOR);
  add(best, box(m - vec3(0.0, 0.62, 0.0), vec3(0.16, 0.26, 0.010), 0.0), GLASS);
  add(best, box(p - vec3(1.05, 2.30, -0.07), vec3(0.52, 0.115, 0.010), 0.0), GLASS);
  add(best, box(p - vec3(1.05 , 2.30, -0.05), vec3(0.012, 0.115, 0.02), 0.0), TRIM);
  float brass = min(length(d - vec3(-0.425, -0.08, 0.085)) - 0.034,
                    box(d - vec3(-0.425, -0.08, 0.04), vec3(0.028, 0.085, 0.008), 0.006));
  brass = min(brass, box(d - vec3(0.0, 0.31, 0.042), vec3(0.11, 0.022, 0.008), 0.005));
  add(best, brass, BRASS);

  // Window.
  vec3 w = p - vec3(-0.88, 1.55, 0.0);
  float sash = max(box(w, vec3(0.64, 0.70, 0.05), 0.006), -box(w, vec3(0.54, 0.60, 0.4), 0.0));
  sash = min(sash, box(w - vec3(0.0, 0.0, -0.03), vec3(0.016, 0.6, 0.02), 0.003));
  sash = min(sash, box(w - vec3(0.0, 0.16, -0.03), vec3(0.55, 0.018, 0.022), 0.003));
  sash = min(sash, box(w - vec3(0.0, -0.72, 0.06), vec3(0.70, 0.03, 0.10), 0.006));
  add(best, sash, TRIM);
  add(best, box(w - vec3(0.0, 0.0, -0.08), vec3(0.56, 0.62, 0.02), 0.0), ROOM);

  // Canopy over the door, gutter and eave.
  vec3 c = p - vec3(1.05, 2.86, 0.40);
  c.y += 0.16 * (c.z + 0.4);
  add(best, box(c, vec3(1.12, 0.045, 0.62), 0.01) * 0.95, ROOF);
  add(best, box(c - vec3(0.0, -0.06, 0.55), vec3(1.10, 0.05, 0.04), 0.006) * 0.95, TRIM);
  add(best, box(p - vec3(1.0, 3.42, 0.2), vec3(3.2, 0.09, 0.45), 0.01), TRIM);

  // Lantern.
  vec3 l = p - LAMP;
  float iron = box(l - vec3(0.0, 0.0, -0.22), vec3(0.055, 0.13, 0.018), 0.008);
  iron = min(iron, box(l - vec3(0.0, 0.175, -0.12), vec3(0.012, 0.012, 0.12), 0.004));
  iron = min(iron, cone(l, vec3(0.0, 0.13, 0.0), vec3(0.0, 0.20, 0.0), 0.075, 0.012));
  iron = min(iron, box(l - vec3(0.0, -0.125, 0.0), vec3(0.062, 0.012, 0.062), 0.004));
  vec3 bars = vec3(abs(l.x) - 0.058, l.y, abs(l.z) - 0.058);
  iron = min(iron, box(bars, vec3(0.006, 0.125, 0.006), 0.002));
  add(best, iron, IRON);
  add(best, box(l, vec3(0.046, 0.105, 0.046), 0.02), BULB);

  // A pot with box, hedge and shrubs beyond the corner.
  vec3 t = p - vec3(2.03, 0.0, 1.00);
  float pot = cone(t, vec3(0.0, 0.24, 0.0), vec3(0.0, 0.46, 0.0), 0.165, 0.215);
  pot = max(max(pot, t.y - 0.50), -0.0 - t.y);
  add(best, pot, POT);
  float bush = length(t - vec3(0.0, 0.80, 0.0)) - 0.36;
  if (bush < 0.2) bush = (bush + 0.16 * (0.5 - noise(t * 16.0)) + 0.10 * (0.5 - noise(t * 37.0))) * 0.55;
  add(best, bush, LEAF);
  vec3 e = p - vec3(-4.6, 0.0, -3.6);
  float hedge = box(e - vec3(0.0, 0.55, 0.0), vec3(3.4, 0.72, 0.55), 0.25);
  hedge = min(hedge, length((p - vec3(-2.75, 0.25, 0.35)) * vec3(1.0, 1.15, 1.0)) - 0.52);
  hedge = min(hedge, length((p - vec3(-3.45, 0.2, -0.3)) * vec3(1.0, 1.0, 1.0)) - 0.62);
  if (hedge < 0.3) hedge = (hedge + 0.20 * (0.5 - noise(p * 9.0)) + 0.13 * (0.5 - noise(p * 24.0))) * 0.55;
  add(best, hedge, LEAF);
  return best;
}

vec3 normalAt(vec3 p) {
  vec2 e = vec2(1.0, -1.0) * 0.0009;
  return normalize(e.xyy * scene(p + e.xyy).x + e.yyx * scene(p + e.yyx).x +
                   e.yxy * scene(p + e.yxy).x + e.xxx * scene(p + e.xxx).x);
}
float march(vec3 from, vec3 dir) {
  float t = 0.02;
  for (int i = 0; i < 220; i++) {
    float d = scene(from + dir * t).x;
    if (d < 0.0006 * t) return t;
    t += d;
    if (t > FAR) break;
  }
  return FAR;
}
float shadow(vec3 from, vec3 to, float wide) {
  vec3 dir = to - from;
  float far = length(dir) - 0.16, light = 1.0, t = 0.02;
  dir = normalize(dir);
  for (int i = 0; i < 70; i++) {
    float d = scene(from + dir * t).x;
    light = min(light, 0.5 + 0.5 * d / (wide * t));
    if (light < 0.0 || t > far) break;
    t += clamp(d, 0.012, 0.25);
  }
  light = clamp(light, 0.0, 1.0);
  return light * light * (3.0 - 2.0 * light);
}
float occlusion(vec3 p, vec3 n) {
  float sum = 0.0, weight = 1.0;
  for (int i = 1; i <= 6; i++) {
    float h = 0.035 * float(i * i) * 0.6;
    sum += weight * max(0.0, h - scene(p + n * h).x);
    weight *= 0.62;
  }
  return clamp(1.0 - 1.5 * sum, 0.0, 1.0);
}

vec3 sky(vec3 dir) {
  float up = clamp(dir.y, 0.0, 1.0);
  vec3 colour = mix(vec3(0.78, 0.44, 0.30), vec3(0.20, 0.27, 0.47), smoothstep(-0.14, 0.10, dir.y));
  colour = mix(colour, vec3(0.055, 0.09, 0.21), smoothstep(0.02, 0.40, dir.y));
  float cloud = fbm(vec3(dir.x * 5.0, dir.y * 17.0, 3.0));
  colour += vec3(0.24, 0.12, 0.09) * smoothstep(0.46, 0.74, cloud) * exp(-max(dir.y + 0.1, 0.0) * 7.0);
  float a = atan(dir.x, -dir.z);
  float crowns = -0.115 + 0.085 * fbm(vec3(a * 9.0, 0.0, 1.0)) + 0.035 * fbm(vec3(a * 46.0, dir.y * 46.0, 4.0));
  float tall = 0.17 * exp(-pow((a + 0.36) * 11.0, 2.0)) + 0.09 * exp(-pow((a + 0.20) * 12.0, 2.0));
  crowns += tall * (0.75 + 0.6 * fbm(vec3(a * 60.0, dir.y * 60.0, 9.0)));
  colour = mix(colour, vec3(0.022, 0.030, 0.040), smoothstep(0.012, -0.012, dir.y - crowns + 0.04));
  return colour * 0.62;
}

void surface(int m, vec3 p, inout vec3 n, out vec3 albedo, out float shine, out vec3 glow) {
  albedo = vec3(0.5); shine = 0.06; glow = vec3(0.0);
  float grain = noise(p * vec3(3.0, 60.0, 60.0));
  if (m == SIDING) {
    albedo = vec3(0.50, 0.54, 0.57) * (0.90 + 0.10 * noise(p * vec3(1.5, 40.0, 9.0)));
    albedo *= 0.93 + 0.09 * hash(vec2(floor(p.y / 0.165), floor(p.x / 2.3)));
  } else if (m == TRIM) { albedo = vec3(0.78, 0.77, 0.74) * (0.96 + 0.06 * grain); shine = 0.12;
  } else if (m == DOOR) { albedo = vec3(0.035, 0.165, 0.165) * (0.92 + 0.10 * noise(p * vec3(70.0, 4.0, 9.0))); shine = 0.35;
  } else if (m == GLASS) {
    float frost = fbm(p * vec3(16.0, 7.0, 1.0));
    albedo = vec3(0.02); shine = 0.5;
    glow = vec3(1.0, 0.70, 0.38) * (0.55 + 0.85 * frost) * (0.75 + 0.25 * smoothstep(1.4, 2.2, p.y));
  } else if (m == BRASS) { albedo = vec3(0.72, 0.50, 0.20); shine = 0.9;
  } else if (m == STONE) { albedo = vec3(0.36, 0.35, 0.34) * (0.75 + 0.45 * fbm(p * 13.0));
  } else if (m == PAVER) {
    vec2 slab = vec2(p.x * 1.25 + 0.5 * floor(p.z * 1.55), p.z * 1.55);
    vec2 edge = abs(fract(slab) - 0.5);
    float joint = smoothstep(0.465, 0.495, max(edge.x, edge.y));
    albedo = mix(vec3(0.30, 0.29, 0.29), vec3(0.36, 0.32, 0.28), hash(floor(slab)));
    albedo *= 0.66 + 0.62 * fbm(p * vec3(8.0, 8.0, 8.0));
    albedo = mix(albedo, vec3(0.06, 0.07, 0.04), joint);
    float wet = smoothstep(0.42, 0.62, fbm(p * 1.4 + 4.0)) * (1.0 - joint);
    albedo *= 1.0 - 0.35 * wet; shine = mix(0.07, 0.55, wet);
    n = normalize(n + 0.10 * (1.0 - 0.8 * wet) * (vec3(noise(p * 31.0), 0.5, noise(p * 31.0 + 9.0)) - 0.5));
  } else if (m == LAWN) {
    albedo = mix(vec3(0.07, 0.13, 0.04), vec3(0.13, 0.17, 0.06), noise(p * vec3(70.0, 1.0, 25.0)));
    float leaf = smoothstep(0.80, 0.84, noise(p * vec3(13.0, 1.0, 13.0) + 40.0));
    albedo = mix(albedo, vec3(0.34, 0.15, 0.04), leaf * 0.8);
  } else if (m == LEAF) {
    albedo = mix(vec3(0.035, 0.085, 0.030), vec3(0.11, 0.19, 0.06), noise(p * 27.0)); shine = 0.10;
    n = normalize(n + 0.9 * (vec3(noise(p * 55.0), noise(p * 55.0 + 5.0), noise(p * 55.0 + 9.0)) - 0.5));
  } else if (m == POT) { albedo = vec3(0.42, 0.19, 0.11) * (0.8 + 0.4 * fbm(p * 11.0));
  } else if (m == IRON) { albedo = vec3(0.018); shine = 0.3;
  } else if (m == BULB) { glow = vec3(9.0, 5.9, 2.9);
  } else if (m == MAT) { albedo = vec3(0.11, 0.075, 0.045) * (0.6 + 0.8 * noise(p * 120.0));
  } else if (m == ROOF) { albedo = vec3(0.06, 0.065, 0.075);
  } else if (m == ROOM) {
    vec2 w = p.xy - vec2(-0.88, 1.55);
    float fold = 0.5 + 0.5 * sin(w.x * 62.0 + 2.0 * sin(w.x * 17.0));
    float drape = smoothstep(0.30, 0.36, abs(w.x) + 0.05 * sin(w.y * 4.0));
    float light = exp(-dot(w - vec2(0.12, 0.2), w - vec2(0.12, 0.2)) * 3.2);
    vec3 room = mix(vec3(0.30, 0.15, 0.06), vec3(1.15, 0.74, 0.38), light);
    room *= 1.0 - 0.6 * smoothstep(-0.30, -0.34, w.y) * smoothstep(0.45, 0.40, abs(w.x - 0.05));
    float shade = smoothstep(0.02, 0.0, max(abs(w.x - 0.14) - 0.09 + 0.25 * (w.y - 0.02), abs(w.y - 0.02) - 0.10));
    room = mix(room, vec3(2.1, 1.5, 0.85), shade);
    room = mix(room, vec3(0.62, 0.37, 0.19) * (0.55 + 0.55 * fold), drape);
    glow = room * 0.62; albedo = vec3(0.02); shine = 0.4;
  } else if (m == JACKET) {
    vec3 q = toCourier(p);
    albedo = vec3(0.42, 0.085, 0.030);
    bool sleeve = abs(q.z) > 0.185;
    bool yoke = q.y > 1.335 - 0.05 * abs(q.z) ;
    if (yoke) albedo = vec3(0.035, 0.045, 0.065);
    bool band = !sleeve && (abs(q.y - 1.155) < 0.022);
    bool cuff = sleeve && abs(q.y - 1.245) < 0.018;
    if (band || cuff) { albedo = vec3(0.80, 0.82, 0.78); shine = 0.4; glow = vec3(0.05, 0.05, 0.045); }
    albedo *= 0.86 + 0.22 * noise(p * 130.0);
  } else if (m == TROUSER) { albedo = vec3(0.040, 0.047, 0.065) * (0.8 + 0.4 * noise(p * 140.0));
  } else if (m == SKIN) {
    vec3 h = toCourier(p) - vec3(0.045, 1.635, 0.0);
    albedo = vec3(0.60, 0.36, 0.25);
    float eye = length((h - vec3(0.075, 0.014, sign(h.z) * 0.030)) * vec3(1.0, 1.7, 1.0));
    albedo = mix(vec3(0.05, 0.03, 0.03), albedo, smoothstep(0.010, 0.016, eye));
    albedo = mix(albedo, vec3(0.50, 0.22, 0.18), smoothstep(0.022, 0.010, length((h - vec3(0.090, -0.060, 0.0)) * vec3(1.0, 2.4, 1.0))));
    float beard = smoothstep(-0.035, -0.060, h.y) * smoothstep(-0.12, -0.09, h.y) * smoothstep(-0.02, 0.02, h.x);
    albedo = mix(albedo, vec3(0.22, 0.13, 0.09), 0.55 * beard);
    shine = 0.12;
  } else if (m == HAIR) { albedo = vec3(0.045, 0.028, 0.018);
  } else if (m == CAP) { albedo = vec3(0.035, 0.045, 0.065) * (0.85 + 0.3 * noise(p * 120.0));
  } else if (m == BOOT) { albedo = vec3(0.045, 0.032, 0.022); shine = 0.2;
  } else if (m == CARDBOARD) {
    vec3 q = toCourier(p) - vec3(0.375, 1.165, 0.0);
    albedo = vec3(0.56, 0.375, 0.205) * (0.86 + 0.22 * noise(q * vec3(16.0, 70.0, 16.0)));
    float tape = max(step(abs(q.z), 0.028) * step(0.125, q.y), step(abs(q.z), 0.028) * step(0.155, abs(q.x)) * step(0.06, q.y));
    albedo = mix(albedo, vec3(0.50, 0.34, 0.16) * 0.75, tape); shine = mix(0.05, 0.45, tape);
    if (q.z > 0.2 && abs(q.x + 0.03) < 0.075 && abs(q.y - 0.025) < 0.055) {
      albedo = vec3(0.84, 0.84, 0.82);
      vec2 u = vec2(q.x + 0.105, 0.080 - q.y);
      if (u.y > 0.070 && u.y < 0.100 && u.x > 0.012 && u.x < 0.138) albedo *= 0.15 + 0.85 * step(0.45, hash(vec2(floor(u.x * 330.0), 2.0)));
      if (u.y > 0.014 && u.y < 0.058 && fract(u.y * 90.0) < 0.42 && u.x > 0.012 && u.x < 0.06 + 0.06 * hash(vec2(floor(u.y * 90.0), 5.0))) albedo *= 0.3;
    }
    if (q.z > 0.2 && abs(q.x - 0.115) < 0.022 && abs(q.y + 0.085) < 0.026) albedo *= 0.35 + 0.65 * step(0.35, abs(fract(q.y * 60.0) - 0.5));
  }
}

vec3 shade(vec3 from, vec3 dir, float t, int depth, out vec3 n, out float shine, out vec3 p) {
  p = from + dir * t;
  n = normalAt(p);
  int m = int(scene(p).y + 0.5);
  vec3 albedo, glow;
  surface(m, p, n, albedo, shine, glow);
  float open = occlusion(p, n);

  vec3 way = LAMP - p;
  float reach = dot(way, way);
  vec3 l = normalize(way);
  float facing = max(dot(n, l), 0.0);
  float lit = m == IRON || m == BULB ? 1.0 : shadow(p + n * 0.004, LAMP, 0.055);
  vec3 light = WARM * 3.6 / (0.36 + reach) * facing * lit;
  vec3 half_ = normalize(l - dir);
  float gloss = pow(max(dot(n, half_), 0.0), mix(14.0, 90.0, shine)) * shine;
  vec3 spark = WARM * 4.0 / (0.30 + reach) * gloss * lit * step(0.0, facing - 0.001);

  // Sky from above and the left, light thrown back by porch and path, glow of the panes.
  light += vec3(0.105, 0.140, 0.225) * (0.55 + 0.45 * n.y) * open * (0.55 + 0.45 * smoothstep(2.0, -3.0, p.x));
  light += vec3(0.26, 0.135, 0.09) * max(dot(n, normalize(vec3(-0.8, 0.25, -0.25))), 0.0) * open * 0.55;
  light += vec3(0.055, 0.064, 0.086) * max(n.z, 0.0) * open;
  float near = exp(-0.35 * dot(p - vec3(1.3, 0.2, 0.8), p - vec3(1.3, 0.2, 0.8)));
  light += WARM * 0.22 * near * max(-n.y * 0.6 + 0.4, 0.0) * open;
  vec3 pane = vec3(1.05, 1.8, 0.0) - p;
  light += WARM * 0.16 / (0.4 + dot(pane, pane)) * max(dot(n, normalize(pane)), 0.0) * open * step(0.05, p.z);
  vec3 window = vec3(-0.88, 1.55, 0.0) - p;
  light += WARM * 0.34 / (0.4 + dot(window, window)) * max(dot(n, normalize(window)), 0.0) * open * step(0.05, p.z);

  vec3 colour = albedo * light + spark + glow;
  float rim = pow(1.0 - max(dot(n, -dir), 0.0), 4.0);
  if (m == JACKET || m == TROUSER || m == CAP || m == SKIN || m == CARDBOARD || m == HAIR)
    colour += vec3(0.10, 0.12, 0.17) * rim * open * 0.6;
  return colour;
}

vec3 look(vec2 at) {
  // A little barrel distortion, as a wide security camera has it.
  vec2 uv = (at - 0.5 * size) / size.y;
  uv *= 1.0 + 0.085 * dot(uv, uv);
  vec3 eye = vec3(-1.55, 2.25, 5.75), aim = vec3(0.06, 1.20, 0.0);
  vec3 w = normalize(aim - eye), u = normalize(cross(w, vec3(0, 1, 0))), v = cross(u, w);
  vec3 dir = normalize(uv.x * u + uv.y * v + 1.48 * w);
  vec3 colour, n, p;
  float shine, t = march(eye, dir);
  if (t >= FAR) colour = sky(dir);
  else {
    colour = shade(eye, dir, t, 0, n, shine, p);
    if (shine > 0.3) {
      vec3 r = reflect(dir, n), n2, p2;
      float s2, back = march(p + n * 0.01, r);
      vec3 seen = back >= FAR ? sky(r) : shade(p + n * 0.01, r, back, 1, n2, s2, p2);
      float fresnel = 0.03 + 0.97 * pow(1.0 - max(dot(n, -dir), 0.0), 5.0);
      colour = mix(colour, min(seen, vec3(2.5)), fresnel * (shine - 0.3) * 1.6);
    }
    colour = mix(colour, vec3(0.0136, 0.0186, 0.0250), smoothstep(8.0, 22.0, t));
  }
  // Glow of the lantern in the lens.
  vec3 q = LAMP - eye;
  vec2 spot = 1.48 * vec2(dot(q, u), dot(q, v)) / dot(q, w);
  float r = length(uv - spot);
  colour += WARM * (0.060 * exp(-r * 9.0) + 0.30 * exp(-r * r * 420.0) + 0.012 / (0.05 + r * r * 60.0));
  return colour;
}

void main() {
  vec2 at = gl_FragCoord.xy + shift;
  vec3 colour = look(at) * 1.55;
  colour = (colour * (2.51 * colour + 0.03)) / (colour * (2.43 * colour + 0.59) + 0.14);
  vec2 c = at / size - 0.5;
  colour *= 1.0 - 0.55 * dot(c, c);
  colour = pow(clamp(colour, 0.0, 1.0), vec3(1.0 / 2.2));
  pixel = vec4(colour, 1.0);
}
