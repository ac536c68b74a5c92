package ledger;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;

/** Name resolution through the configured name server, so that a name can vanish for real. */
final class Names {
    private Names() { }

    static InetAddress resolve(String host, String server) throws UnknownHostException {
        if (server.isEmpty() || !host.endsWith(".internal")) {
            return InetAddress.getByName(host);
        }
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, "dns://" + server);
        settings.put("com.sun.jndi.dns.timeout.initial", "500");
        settings.put("com.sun.jndi.dns.timeout.retries", "2");
        try {
            InitialDirContext context = new InitialDirContext(settings);
            Object address = context.getAttributes(host, new String[] {"A"}).get("A").get();
            context.close();
            return InetAddress.getByName(address.toString());
        } catch (NameNotFoundException gone) {
            return InetAddress.getByName(host);
        } catch (NamingException silent) {
            throw new UnknownHostException(host + ": Temporary failure in name resolution");
        }
    }
}
