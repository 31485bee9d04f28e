package io.kubeecho.echo.control;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads controls, or says in one sentence why not: a mistyped one must not look like one that has no effect. */
public final class ControlReader {

    /** How many header fields one request may add to its answer. */
    static final int MOST_FIELDS = 16;

    private final Caps caps;

    public ControlReader(Caps caps) {
        this.caps = caps;
    }

    public Reading read(List<Asked> asked) {
        ControlsDraft draft = new ControlsDraft();
        Set<Control> seen = EnumSet.noneOf(Control.class);
        for (Asked one : asked) {
            Optional<Control> known = Control.of(one.name());
            if (known.isEmpty()) {
                return new Reading.Wrong("there is no such control; there are " + names(one.place()));
            }
            Control control = known.get();
            if (!seen.add(control) && control != Control.HEADER) {
                return new Reading.Wrong(control.as(one.place()) + " is given twice");
            }
            try {
                control.take(one, draft, caps);
            } catch (Control.WrongValue e) {
                return new Reading.Wrong(control.as(one.place()) + " " + e.sentence());
            }
        }
        Controls controls = draft.finish();
        boolean byRequest = asked.stream().anyMatch(one -> one.place() != Asked.Place.SETTING);
        if (byRequest && controls.failFirst().isPresent() && controls.key().isEmpty()) {
            return new Reading.Wrong("fail-first needs a key, which says what requests are counted together");
        }
        return new Reading.Read(controls);
    }

    private static String names(Asked.Place place) {
        return Arrays.stream(Control.values()).map(control -> control.as(place)).collect(Collectors.joining(", "));
    }
}
