const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `properties` are set as such, names with a hyphen (and `class`) as attributes. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "class") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Make an icon of the sprite. */
export function icon(name, className = "icon") {
  return svg("svg", { class: className, "aria-hidden": "true" }, svg("use", { href: `${SPRITE}#${name}` }));
}

/** Make a button that shows an icon and is named by `label`. */
export function iconButton(label, iconName, className, onclick) {
  return make("button", { type: "button", class: className, "aria-label": label, title: label, onclick }, icon(iconName));
}
