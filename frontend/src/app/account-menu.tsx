import { useCallback, useRef, useState } from "react";
import { useLater } from "@/lib/use-later";
import { AccountButton } from "./account-button";

const load = () => import("./account-choices");

/** A button whose menu comes later: menus are a tenth of what a first visit would load. */
export function AccountMenu() {
  const [isOpen, setOpen] = useState(false);
  const hadFocus = useRef(false);
  // Told while the button is still in the page: the one with the menu, which takes its place, takes its focus too.
  const noteFocus = useCallback((button: HTMLButtonElement) => {
    return () => {
      hadFocus.current = document.activeElement === button;
    };
  }, []);
  const Choices = useLater(load, isOpen);
  if (Choices) return <Choices isOpen={isOpen} onChange={setOpen} hadFocus={hadFocus} />;
  return (
    <AccountButton ref={noteFocus} aria-haspopup="menu" aria-expanded={false} onClick={() => setOpen(true)} />
  );
}
