package io.kubeecho.echo;

/** Starts the echo server. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.out.println("x");
    }
}
