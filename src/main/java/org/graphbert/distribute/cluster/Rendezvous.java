package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * Where the workers of a cluster find each other before TensorFlow's servers start, in any order, and see to it that they are of
 * one mind: what each is to train on, and how, is compared, and where one differs none begins.
 *
 * @param identity what all must have the same of
 */
public record Rendezvous(ClusterSpec spec, Identity identity, Patience patience, Progress progress) {

    private static final String WELCOME = "welcome";
    static final String REFUSED = "refused";
    private static final String ADDRESSES = "--cluster";

    private static final int CONNECT_MILLIS = 5_000;
    private static final long AGAIN_MILLIS = 500;
    private static final long POLL_MILLIS = 100;

    public Rendezvous {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(ADDRESSES, spec.workers().stream().map(Address::toString).collect(Collectors.joining(",")));
        facts.putAll(identity.facts());
        identity = new Identity(facts);
    }

    /**
     * The chief's part: waits until all others have come.
     *
     * @throws Failure (usage) if one has something else than this one, (lost) if one has not come in time
     */
    public Chief gather() throws IOException {
        Link[] links = new Link[spec.workers().size()];
        Waiting waiting = new Waiting(patience.start(), progress);
        try (Door door = new Door(Ports.take(spec))) {
            for (String missing = missing(links); !missing.isEmpty(); missing = missing(links)) {
                if (waiting.over()) {
                    throw refuse(links, Failure.lost("%s has not come within %d s; is it running, with the same --cluster, and can it "
                            + "reach %s?", missing, patience.start().toSeconds(), spec.own()));
                }
                waiting.say("Waiting for " + missing + " to come to " + spec.own());
                Optional<Door.Guest> guest = door.next(POLL_MILLIS);
                if (guest.isPresent()) {
                    welcome(guest.get(), links);
                }
                sweep(links);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while waiting for other workers");
        }
        return new Chief(spec, patience, links);
    }

    /** Who has not come yet; empty if all have. */
    private String missing(Link[] links) {
        return IntStream.range(1, links.length).filter(i -> links[i] == null).mapToObj(spec::named).collect(Collectors.joining(", "));
    }

    private void welcome(Door.Guest guest, Link[] links) {
        int task = guest.hello().path("task").asInt(-1);
        Identity theirs = Identity.of(guest.hello().path("facts"));
        String whose = task >= 1 && task < links.length ? spec.named(task) : "worker " + task;
        if (!identity.facts().get(ADDRESSES).equals(theirs.facts().get(ADDRESSES))) {
            // Of another cluster, or mistyped: no reason for those who have come to go.
            turnAway(guest, "a worker", identity.difference("this one", theirs).orElseThrow());
            return;
        }
        Optional<String> difference = identity.difference(whose + ", from " + guest.link().peer() + ",", theirs);
        if (difference.isPresent()) {
            Failure failure = Failure.usage("%s", difference.get());
            tell(guest.link(), failure);
            throw refuse(links, failure);
        }
        if (task < 1 || task >= links.length || links[task] != null) {
            turnAway(guest, "another " + whose,
                    (task < 1 ? spec.named(0) : whose) + " is there already; give each worker a --task of its own");
            return;
        }
        try {
            guest.link().send(Link.message(WELCOME));
            links[task] = guest.link();
        } catch (IOException gone) {
            // It comes again, or is missed.
            guest.link().close();
        }
    }

    private void turnAway(Door.Guest guest, String who, String why) {
        tell(guest.link(), Failure.usage("%s", why));
        progress.say("Refused " + who + ", from " + guest.link().peer() + ": " + why + ".");
        guest.link().close();
    }

    /** Of those who came and wait for others, shows that this one is there, and forgets whoever is gone. */
    private void sweep(Link[] links) {
        for (int i = 1; i < links.length; i++) {
            try {
                if (links[i] != null) {
                    links[i].send(Link.message(Link.BEAT));
                }
            } catch (IOException gone) {
                links[i].close();
                links[i] = null;
            }
        }
    }

    private static Failure refuse(Link[] links, Failure failure) {
        for (Link link : links) {
            if (link != null) {
                tell(link, failure);
            }
        }
        return failure;
    }

    private static void tell(Link link, Failure failure) {
        try {
            link.send(Link.message(REFUSED).put("kind", failure.kind().name()).put("text", failure.getMessage()));
        } catch (IOException gone) {
            // Then it need not be told.
        }
    }

    /**
     * Another worker's part: finds the chief.
     *
     * @throws Failure (usage) if it is refused, (lost) if the chief has not come in time
     */
    public Member join() throws IOException {
        ServerSocket port = Ports.take(spec);
        try {
            return new Member(spec, patience, port, found());
        } catch (IOException | RuntimeException e) {
            Ports.close(port);
            throw e;
        }
    }

    /** The chief, once it is there. */
    private Link found() {
        Waiting waiting = new Waiting(patience.start(), progress);
        try {
            while (true) {
                try {
                    return greeted();
                } catch (IOException e) {
                    String why = Neighbours.reason(e);
                    if (waiting.over()) {
                        throw Failure.lost("%s was not found within %d s: %s; is it running, with the same --cluster?",
                                spec.named(0), patience.start().toSeconds(), why, e);
                    }
                    waiting.say("Waiting for " + spec.named(0) + ": " + why);
                    Thread.sleep(AGAIN_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while waiting for the chief");
        }
    }

    private Link greeted() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(spec.workers().get(0).resolve(), CONNECT_MILLIS);
            Link link = new Link(socket);
            link.timeout(patience.silence().toMillis());
            ObjectNode hello = Link.message(Door.HELLO).put("task", spec.task());
            hello.set("facts", identity.toJson());
            link.send(hello);
            JsonNode answer = link.receive();
            String said = answer.path(Link.SAY).asText();
            if (said.equals(REFUSED)) {
                throw failure(answer);
            }
            if (!said.equals(WELCOME)) {
                throw new Link.Strange("something else answers there");
            }
            return link;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * What another said that it ends with.
     *
     * @throws Link.Strange if it is nothing that a worker ends with
     */
    static Failure failure(JsonNode answer) throws Link.Strange {
        try {
            return Failure.of(Failure.Kind.valueOf(answer.path("kind").asText()), answer.path("text").asText());
        } catch (IllegalArgumentException e) {
            throw new Link.Strange("something else answers there");
        }
    }
}
