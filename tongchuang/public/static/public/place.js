// Fills in where the phone stands; the form works without it.
const button = document.querySelector("[data-place]");
if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const say = document.querySelector("[data-place-said]");
    say.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const set = (name, value) => { document.querySelector(`[name=${name}]`).value = value; };
        set("lon", coords.longitude.toFixed(6));
        set("lat", coords.latitude.toFixed(6));
        set("accuracy_m", Math.round(coords.accuracy));
        say.textContent = button.dataset.done.replace("0", Math.round(coords.accuracy));
      },
      () => { say.textContent = button.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}
